-- answers: Which schema files and macros this store has run.
-- grain: one row per file
create table if not exists migration (
    name        text primary key,
    sha256      text not null,
    applied_at  timestamp not null default current_localtimestamp()
);
