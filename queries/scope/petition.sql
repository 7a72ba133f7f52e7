-- answers: The petitions of a scope.
-- params: none
-- returns: none
-- grain: one row per petition
-- order: none
create or replace temp view petition as
select *
from g.petition
where petition_id in (select record_id from own_record where record_kind = 'petition');
