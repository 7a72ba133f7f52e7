-- answers: Leaves of the visits only those to targets in the excerpt.
-- params: none
-- returns: none
-- grain: one row per visit
-- order: none
create table visit as
select *
from visit
where target_no in (select target_no from visit_target
                    where record_id in (select record_id from place where record_kind = 'visit_target'));
