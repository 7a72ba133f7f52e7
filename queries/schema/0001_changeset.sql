-- answers: One row per change to the boundaries: who, when, why, in force from which day.
-- grain: one row per changeset
create table changeset (
    cs            bigint primary key,
    title         text not null,
    kind          text not null,            -- load | publish | restore
    effective_on  date not null,
    recorded_at   timestamp not null,
    author        text not null,
    approved_by   text,
    document      text,
    reverts       bigint,
    operations    json
);
