-- answers: What every region was called and belonged to, in force and believed at any time.
-- params: none
-- returns: region_id bigint, level varchar, code varchar, name varchar, parent_id bigint, valid_from date, valid_to date, tx_from timestamp, tx_to timestamp
-- grain: one row per region, period in force and period believed
-- order: region_id, tx_from, valid_from
select region_id, level, code, name, parent_id, valid_from, valid_to, tx_from, tx_to
from region_version
order by region_id, tx_from, valid_from;
