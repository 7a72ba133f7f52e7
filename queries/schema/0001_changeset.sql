-- answers: One row per change to the boundaries: who, when, why, in force from which day.
-- grain: one row per changeset
create table changeset (
    cs            bigint primary key,
    title         text not null,
    kind          text not null,            -- load | publish | restore | void
    effective_on  date not null,
    recorded_at   timestamp not null,       -- strictly increasing with cs
    author        text not null,
    approved_by   text,
    document      text,
    reverts       bigint,                   -- the changeset this one takes back
    draft         text,                     -- the draft it was worked out in
    operations    json,
    validation    json                      -- the checks as they stood when it was published
);
