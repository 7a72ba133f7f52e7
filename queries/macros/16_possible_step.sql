-- answers: Whether a petition can go from one step of its course to the next. Steps that leave its state as it is
-- (response, rating, extension, suspension, escalation, supervision, reclassification) are not asked about.
-- grain: one value
create or replace macro possible_step(before, after) as
case before
    when 'start' then after in ('received', 'accepted')
    when 'received' then after in ('accepted', 'rejected', 'merged', 'split', 'void')
    when 'accepted' then after in ('filed', 'rejected', 'merged', 'split', 'void')
    when 'filed' then after in ('dispatched', 'merged', 'split', 'void')
    when 'dispatched' then after in ('dispatched', 'signed', 'returned', 'processing', 'merged', 'split', 'void')
    when 'returned' then after in ('dispatched', 'returned', 'signed', 'merged', 'void')  -- others may still hold it
    when 'signed' then after in ('signed', 'dispatched', 'returned', 'processing', 'disposed', 'merged', 'split', 'void')
    when 'processing' then after in ('processing', 'dispatched', 'signed', 'returned', 'disposed', 'merged', 'split', 'void')
    when 'disposed' then after in ('disposed', 'processing', 'verified', 'rework', 'closed')
    when 'verified' then after in ('rework', 'closed')
    when 'rework' then after in ('dispatched', 'signed', 'processing', 'disposed')
    when 'closed' then after = 'reopened'
    when 'reopened' then after in ('dispatched', 'signed', 'processing', 'disposed', 'closed')
    else false  -- merged, split, rejected and void are the end
end;
