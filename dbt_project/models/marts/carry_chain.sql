-- Grain: one row per body, report year and applicant type: carried in against carried out before.
{%- set types = form_data().codes.applicant_type %}
with flows as (select * from {{ ref('fct_application_flows') }}),

authorities as (select * from {{ ref('dim_authority') }}),

successions as (select * from {{ ref('int_successions') }}),

predecessors as (select * from {{ ref('int_body_predecessors') }}),

inherited as (
    select
        predecessors.authority_key,
        predecessors.report_year,
        flows.applicant_type,
        sum(flows.carried_out) as carried_out,
        count(flows.carried_out) as predecessors
    from predecessors
    inner join {{ whole_ref('fct_application_flows') }} as flows
        on
            predecessors.predecessor_key = flows.authority_key
            and predecessors.report_year = flows.report_year + 1
    group by predecessors.authority_key, predecessors.report_year, flows.applicant_type
),

-- Reports with the table on file, whatever became of it.
on_file as (
    select distinct
        authority_key,
        report_year
    from {{ ref('int_report_tables') }}
    where table_id = 'applications' and is_current and status not in ('absent', 'rejected')
),

-- Last year's carry-out as the documents of that body-year print it that are not in use.
others as (
    select
        reports.authority_key,
        reports.report_year + 1 as report_year,
        unnest({{ code_array('applicant_type', types) }}) as applicant_type,
        unnest([{{ row_cells('applications', form_data().flows.carried_out, types) | join(", ") }}])
            as carried_out
    from {{ ref('stg_reports') }} as reports
    inner join {{ ref('int_report_tables') }} as report_tables
        on reports.report_key = report_tables.report_key
    where
        report_tables.table_id = 'applications'
        and not report_tables.is_current
        and report_tables.status <> 'rejected'
),

restatements as (
    select
        authority_key,
        report_year,
        applicant_type,
        list(carried_out) as carried_out
    from others
    group by authority_key, report_year, applicant_type
),

joined as (
    select
        flows.authority_key,
        flows.report_year,
        flows.applicant_type,
        flows.report_key,
        flows.carried_in,
        restatements.carried_out as carried_out_elsewhere,
        coalesce(successions.is_merged, false) as is_merged,
        coalesce(successions.is_split, false) as is_split,
        coalesce(successions.predecessors, 0) as predecessors,
        on_file.authority_key is not null as has_last_year,
        case
            when coalesce(successions.predecessors, 0) = 0 then last_year.carried_out
            when inherited.predecessors = successions.predecessors then inherited.carried_out
        end as carried_out_before
    from flows
    left join flows as last_year
        on
            flows.authority_key = last_year.authority_key
            and flows.report_year = last_year.report_year + 1
            and flows.applicant_type = last_year.applicant_type
    left join on_file on {{ is_body_year('flows', 'on_file', 1) }}
    left join successions
        on
            flows.authority_key = successions.authority_key
            and flows.report_year = successions.report_year
    left join inherited
        on
            flows.authority_key = inherited.authority_key
            and flows.report_year = inherited.report_year
            and flows.applicant_type = inherited.applicant_type
    left join restatements
        on
            flows.authority_key = restatements.authority_key
            and flows.report_year = restatements.report_year
            and flows.applicant_type = restatements.applicant_type
)

select
    joined.authority_key,
    authorities.authority_zh,
    joined.report_year,
    joined.applicant_type,
    joined.report_key,
    cast(joined.carried_out_before as bigint) as carried_out_before,
    joined.carried_in,
    cast(joined.carried_in - joined.carried_out_before as bigint) as difference,
    cast({{ carry_state() }} as {{ code_type('carry_state') }}) as carry_state,
    {{ carry_reason() }} as reason,
    joined.is_merged,
    joined.predecessors
from joined
inner join authorities on joined.authority_key = authorities.authority_key
