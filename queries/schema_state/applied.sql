-- answers: Which schema files and macros the store has run, and with what content.
-- params: none
-- returns: name varchar, sha256 varchar
-- grain: one row per file
-- order: name
select name, sha256
from migration
order by name;
