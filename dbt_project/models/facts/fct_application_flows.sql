-- Grain: one row per report and applicant type of which the report prints a flow.
{%- set codes = form_data().codes %}
{%- set flows = form_data().flows %}
with {{ counted_tables('applications') }},
{%- for side in decided_sides() %}

{{ side.name }}_listed as materialized (
    select
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        cast(report_tables.status as {{ code_type('table_status') }}) as status,
        report_tables.decision_id,
        {%- for flow, row in flows.items() %}
        [
            {%- for cell in row_cells('applications', row, codes.applicant_type) %}
            {{ cell }}{{ "," if not loop.last }}
            {%- endfor %}
        ] as {{ flow }},
        {%- endfor %}
        {{ code_array('applicant_type', codes.applicant_type) }} as applicant_types
    from {{ side.relation }} as reports
    inner join report_tables on reports.report_key = report_tables.report_key
    where report_tables.is_corrected = {{ side.is_corrected }}
),

{{ side.name }} as (
    select
        report_key,
        authority_key,
        report_year,
        status,
        decision_id,
        {%- for flow in flows %}
        unnest({{ flow }}) as {{ flow }},
        {%- endfor %}
        unnest(applicant_types) as applicant_type
    from {{ side.name }}_listed
),
{%- endfor %}

decisions as (
    select
        report_key,
        place,
        max(decision_id) as decision_id
    from places
    where
        row_id in (
            {%- for row in flows.values() %}
            '{{ row }}'{{ "," if not loop.last }}
            {%- endfor %}
        )
    group by report_key, place
),

compared as (
    select
        decided.*,
        {%- for flow in flows %}
        reported.{{ flow }} as {{ flow }}_reported,
        {%- endfor %}
        (
            [decided.{{ flows | join(", decided.") }}]
            is distinct from [reported.{{ flows | join(", reported.") }}]
        ) as is_corrected
    from decided
    inner join reported
        on
            decided.report_key = reported.report_key
            and decided.applicant_type = reported.applicant_type
)

select
    report_key,
    authority_key,
    report_year,
    applicant_type,
    {%- for flow in flows %}
    {{ flow }},
    {%- endfor %}
    status,
    {%- for flow in flows %}
    {{ flow }} as {{ flow }}_reported,
    {%- endfor %}
    false as is_corrected,
    decision_id
from printed
where coalesce({{ flows | join(", ") }}) is not null
union all
select
    compared.report_key,
    compared.authority_key,
    compared.report_year,
    compared.applicant_type,
    {%- for flow in flows %}
    compared.{{ flow }},
    {%- endfor %}
    compared.status,
    {%- for flow in flows %}
    compared.{{ flow }}_reported,
    {%- endfor %}
    compared.is_corrected,
    case when compared.is_corrected then decisions.decision_id else compared.decision_id end
        as decision_id
from compared
left join decisions
    on
        compared.report_key = decisions.report_key
        and cast(compared.applicant_type as varchar) = decisions.place
where
    coalesce(
        {%- for flow in flows %}
        compared.{{ flow }},
        compared.{{ flow }}_reported{{ "," if not loop.last }}
        {%- endfor %}
    ) is not null
