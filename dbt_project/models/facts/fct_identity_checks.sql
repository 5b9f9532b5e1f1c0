-- Grain: one row per report and identity of the report's form versions.
with residuals as (select * from {{ ref('int_identity_residuals') }}),

prior_residuals as (select * from {{ ref('int_prior_residuals') }}),

-- Materialized, so that all threads write what one reads out of the wide rows.
listed as materialized (
    {%- for group in identity_groups() %}
    select
        residuals.report_key,
        residuals.authority_key,
        residuals.report_year,
        cast('{{ group.table }}' as {{ code_type('table_id') }}) as table_id,
        cast('{{ group.version }}' as {{ code_type('form_version') }}) as form_version,
        {{ code_array('identity', group.identities | map(attribute='id') | list) }} as identities,
        [{{ group.identities | map(attribute='enforced') | join(', ') | lower }}] as enforced,
        [
            {%- for identity in group.identities %}
            {{ identity.name }}{{ "," if not loop.last }}
            {%- endfor %}
        ] as residuals
    from residuals
    inner join prior_residuals on residuals.report_key = prior_residuals.report_key
    where residuals.{{ group.table }}__form_version = '{{ group.version }}'
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

unpivoted as (
    select
        report_key,
        authority_key,
        report_year,
        table_id,
        form_version,
        unnest(identities) as identity,
        unnest(enforced) as is_enforced,
        unnest(residuals) as residual
    from listed
)

select
    report_key,
    authority_key,
    report_year,
    table_id,
    form_version,
    identity,
    is_enforced,
    residual,
    cast(
        case when residual = 0 then 'pass' when residual <> 0 then 'fail' else 'not_assessed' end
        as {{ code_type('check_status') }}
    ) as status
from unpivoted
