-- Grain: one row per body and report year of its region's merger, split, new name or new code.
with predecessors as (select * from {{ ref('int_body_predecessors') }}),

succession as (select * from {{ ref('region_succession') }}),

reports as (select * from {{ ref('int_reports') }}),

splits as (
    select
        first_report_year as report_year,
        unnest([predecessor_code, successor_code]) as region_code
    from succession
    where succession_kind = 'split'
),

steps as (
    select
        authority_key,
        report_year,
        1 as predecessors,
        succession_kind
    from predecessors
    union all
    select distinct
        reports.authority_key,
        reports.report_year,
        0 as predecessors,
        'split' as succession_kind
    from reports
    inner join splits
        on reports.region_code = splits.region_code and reports.report_year = splits.report_year
)

select
    authority_key,
    report_year,
    cast(sum(predecessors) as bigint) as predecessors,
    bool_or(succession_kind = 'merger') as is_merged,
    bool_or(succession_kind = 'split') as is_split
from steps
group by authority_key, report_year
