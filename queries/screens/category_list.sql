-- answers: Which categories of petitions there are, the most frequent first.
-- params: none
-- returns: category varchar
-- grain: one row per category
-- order: number of petitions desc, category
select category
from petition
where category is not null
group by category
order by count(*) desc, category;
