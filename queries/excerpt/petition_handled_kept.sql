-- answers: Keeps the petitions closed, with the time it took, in the cells of the excerpt, in one view.
-- params: boundaries date, since date, until date, now timestamp, categories text[]
-- returns: none
-- grain: one row per petition and cell
-- order: none
create temp table petition_handled_kept as
select *
from petition_handled('every', $boundaries, $since, $until, $now, $categories);
