-- answers: Every region's names, codes and parents over time, as believed today.
-- params: none
-- returns: region_id bigint, level varchar, code varchar, name varchar, parent_id bigint, kind varchar, valid_from date, valid_to date
-- grain: one row per region and period [valid_from, valid_to)
-- order: region_id, valid_from
select region_id, level, code, name, parent_id, kind, valid_from, valid_to
from believed()
order by region_id, valid_from;
