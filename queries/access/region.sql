-- answers: Which region goes by a code today, or went by it last.
-- params: code text
-- returns: region_id bigint
-- grain: one row, or none
-- order: valid_to desc, region_id limit 1
select region_id
from region_version
where code = $code
  and tx_to = timestamp '9999-12-31'
order by valid_to desc, region_id
limit 1;
