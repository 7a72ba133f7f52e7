-- answers: Records that a schema file or macro was run.
-- params: name text, sha256 text
-- returns: none
-- grain: one row
-- order: none
insert or replace into migration (name, sha256)
values ($name, $sha256);
