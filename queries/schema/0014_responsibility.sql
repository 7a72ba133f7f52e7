-- answers: Who is in charge of which region, in which role, from when to when.
-- grain: one row per region, role, person and period [valid_from, valid_to)
create table responsibility (
    region_code  text not null,
    role         text not null,
    person_no    text not null,
    duty         text,
    valid_from   date not null,
    valid_to     date not null,              -- 9999-12-31 = open
    import_id    bigint not null
);
