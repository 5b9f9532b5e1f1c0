-- Grain: one row per body and report year of its region's merger, split, new name or new code.
with predecessors as (select * from {{ ref('int_body_predecessors') }}),

succession as (select * from {{ ref('region_succession') }}),

reports as (select * from {{ ref('int_reports') }}),

-- Regions that went to several: what each of these took over of them is not printed.
divided as (
    select
        predecessor_code,
        first_report_year
    from succession
    group by predecessor_code, first_report_year
    having count(distinct successor_code) > 1 or bool_or(succession_kind = 'split')
),

splits as (
    select
        succession.first_report_year as report_year,
        unnest([succession.predecessor_code, succession.successor_code]) as region_code
    from succession
    inner join divided
        on
            succession.predecessor_code = divided.predecessor_code
            and succession.first_report_year = divided.first_report_year
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
