-- answers: Keeps the last inspection of each rental building of the excerpt before the end of a period.
-- params: until date, now timestamp
-- returns: none
-- grain: one row per inspected building
-- order: none
create temp table inspected_kept as
select *
from inspected_before(period_end($until, $now));
