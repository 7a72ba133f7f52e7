-- answers: Takes out the events that the staged file reports anew.
-- params: none
-- returns: none
-- grain: one row per changed row
-- order: none
delete from petition_event
using staged
where staged.event_no = petition_event.event_no
  and staged.fate = 'changed';
