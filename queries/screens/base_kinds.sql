-- answers: Which kinds of base features there are, and how many.
-- params: none
-- returns: kind varchar, n bigint
-- grain: one row per kind
-- order: kind
select kind, count(*) as n
from base_feature
group by kind
order by kind;
