-- answers: Keeps the petitions received in the period in the cells of the excerpt, in one view.
-- params: boundaries date, since date, until date, categories text[]
-- returns: none
-- grain: one row per petition and cell
-- order: none
create temp table petition_received_kept as
select *
from petition_received('every', $boundaries, $since, $until, $categories);
