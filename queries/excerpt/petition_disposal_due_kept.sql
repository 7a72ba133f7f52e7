-- answers: Keeps the petitions due for disposal in the cells of the excerpt, in one view.
-- params: boundaries date, since date, until date, now timestamp, categories text[]
-- returns: none
-- grain: one row per petition and cell
-- order: none
create temp table petition_disposal_due_kept as
select *
from petition_disposal_due('every', $boundaries, $since, $until, $now, $categories);
