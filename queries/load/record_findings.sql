-- answers: Records what an import had to say.
-- params: import_id bigint, findings table
-- returns: none
-- grain: one row per finding
-- order: none
insert into import_finding
select $import_id, check_name, severity, level, codes, amount, unit, message, row_no, lon, lat
from findings;
