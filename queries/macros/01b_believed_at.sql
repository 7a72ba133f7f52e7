-- answers: The region versions believed at a moment: one row per region and period in force.
-- grain: one row per region and period [valid_from, valid_to)
create or replace macro believed_at(moment) as table
select *
from region_version
where tx_from <= moment
  and moment < tx_to;
