-- answers: Lets this session believe of the regions what was believed at a moment.
-- params: moment timestamp
-- returns: none
-- grain: one row per region and period in force
-- order: none
create temp table region_version as
select * replace (timestamp '9999-12-31' as tx_to)
from believed_at($moment);
