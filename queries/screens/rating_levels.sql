-- answers: The rating levels in use, with titles and colours as on the door plates.
-- params: none
-- returns: level varchar, rank integer, title_zh varchar, title_en varchar, colour varchar
-- grain: one row per level; of several schemes the one named first counts
-- order: rank, level
select level, rank, title_zh, title_en, colour
from rating_scheme
qualify row_number() over (partition by level order by scheme) = 1
order by rank, level;
