-- answers: What the imports had to say, the gravest first; faults of single rows summed by check.
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
    arg_min(finding.message, coalesce(finding.row_no, 0)) as message
from import_finding as finding
join import using (import_id)
group by finding.import_id, import.file, finding.severity, finding.check_name
order by
    case finding.severity when 'error' then 0 when 'warning' then 1 else 2 end,
    findings desc, check_name, file;
