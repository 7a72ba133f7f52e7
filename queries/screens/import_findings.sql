-- answers: What the imports had to say, the gravest first; faults of single rows summed by check. Values of
-- the file, which stand in quotes, and names that fit no region are left out: they may be anything.
-- params: none
-- returns: severity varchar, check_name varchar, file varchar, findings bigint, amount double, unit varchar, message varchar
-- grain: one row per import, check and severity; message of the first
-- order: severity (error, warning, info), findings desc, check_name, file
select
    finding.severity,
    finding.check_name,
    import.file,
    count(*) as findings,
    sum(finding.amount) as amount,
    any_value(finding.unit) as unit,
    regexp_replace(
        regexp_replace(
            arg_min(finding.message, coalesce(finding.row_no, 0)), '(^|[ (=])''[^'']*''', '\1''…''', 'g'
        ),
        '(no region is called|the name) .*', '\1 …'
    ) as message
from import_finding as finding
join import using (import_id)
group by finding.import_id, import.file, finding.severity, finding.check_name
order by
    case finding.severity when 'error' then 0 when 'warning' then 1 else 2 end,
    findings desc, check_name, file;
