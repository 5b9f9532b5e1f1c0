-- Grain: one row per body, listed body or region's government never seen, and report year expected.
with reports as (
    select * from {{ ref('int_reports') }}
    where not is_rejected
),

expected as (select * from {{ ref('int_expected_reports') }}),

levels as (
    {{ region_levels() }}
),

on_file as (
    select
        authority_key,
        report_year,
        min(report_key) filter (where is_current) as report_key,
        arg_min(scope_counted, report_key) filter (where is_current) as scope_counted,
        min({{ published_on() }}) as published_on,
        min({{ captured_on() }}) as captured_on
    from reports
    group by authority_key, report_year
    having bool_or(is_current)
),

dated as (
    select
        expected.*,
        on_file.report_key,
        on_file.published_on,
        on_file.captured_on,
        last_year.report_key is not null as was_on_file,
        {{
            deadline_of(
                class_of_report('expected', 'levels.region_level', 'on_file.scope_counted'),
                'expected.report_year'
            )
        }} as deadline
    from expected
    left join levels on expected.region_code = levels.region_code
    left join on_file
        on
            expected.authority_key = on_file.authority_key
            and expected.report_year = on_file.report_year
    left join on_file as last_year
        on
            expected.authority_key = last_year.authority_key
            and expected.report_year = last_year.report_year + 1
)

select
    authority_key,
    authority_zh,
    region_code,
    authority_class,
    report_year,
    report_key,
    published_on,
    captured_on,
    was_on_file,
    deadline,
    coalesce(deadline, {{ last_deadline('report_year') }}) as due_on
from dated
