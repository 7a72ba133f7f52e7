-- answers: The region versions believed today: one row per region and period in force.
-- grain: one row per region and period [valid_from, valid_to)
create or replace macro believed() as table
select *
from region_version
where tx_to = timestamp '9999-12-31';
