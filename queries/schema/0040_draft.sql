-- answers: Changes to the boundaries that planners work on; nothing of them is in force.
-- grain: one row per draft; a name is never used again
create table draft (
    draft         text primary key,
    title         text not null,
    base_cs       bigint not null,          -- the newest version it was branched from
    base_day      date not null,            -- the day whose boundaries it began with
    status        text not null,            -- open | published | dropped
    author        text not null,
    created_at    timestamp not null,
    published_cs  bigint                    -- the version it became
);
