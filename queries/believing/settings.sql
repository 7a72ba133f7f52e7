-- answers: Lets this session take a moment for now, unless the store says itself what now is.
-- params: moment text
-- returns: none
-- grain: one row per setting
-- order: none
create temp table store_setting as
select key, value
from store_setting
union all
select 'as_of', $moment
where not exists (select 1 from store_setting where key = 'as_of');
