-- answers: What each import had to say.
-- grain: one row per finding
create table import_finding (
    import_id  bigint not null,
    check_name text not null,
    severity   text not null,
    level      text,
    codes      text[],
    amount     double,
    unit       text,
    message    text not null,
    row_no     bigint,
    lon        double,
    lat        double
);
