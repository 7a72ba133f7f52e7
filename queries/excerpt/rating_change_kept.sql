-- answers: Keeps how the ratings of the excerpt's rental buildings changed in the period, in one view.
-- params: boundaries date, since date, until date, now timestamp
-- returns: none
-- grain: one row per rental building and cell
-- order: none
create temp table rating_change_kept as
select *
from rating_change('every', $boundaries, $since, $until, $now);
