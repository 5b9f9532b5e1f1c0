-- Grain: one row per report, every cell of every form version a column.
with reports as (
    select * from {{ source('raw', 'reports') }}
    where {{ is_touched('changed_documents') }}
),

documents as (select * from {{ source('raw', 'documents') }}),

named as (
    select
        *,
        coalesce(
            nullif(trim(authority_normalised), ''),
            nullif(trim(authority_printed), ''),
            'unknown ' || left(document_sha256, 12) || ' ' || ordinal
        ) as authority_zh,
        -- A name that was not normalised says too little: its body is known by its document only,
        -- and one without a name by its place in it.
        coalesce(
            nullif(trim(authority_normalised), ''),
            case
                when nullif(trim(authority_printed), '') is null
                    then concat_ws(' ', document_sha256, ordinal)
            end,
            concat_ws(' ', authority_printed, document_sha256)
        ) as authority_name
    from reports
)

select
    report_key,
    document_key,
    document_sha256,
    ordinal,
    payload_sha256,
    authority_printed,
    authority_normalised,
    authority_zh,
    {{ stable_key('authority_name') }} as authority_key,
    report_year,
    period,
    published,
    region_code,
    scope,
    captured_at,
    source_tier,
    {%- for table in form_data().codes.table_id %}
    {{ table }}__form_version,
    {%- for cell in form_data().cells if cell.table == table %}
    {%- if cell.type == "decimal" %}
    {{ printed_decimal(cell.name) }} as {{ cell.name }},
    {{ cell.name }} as {{ cell.name }}__printed,
    {%- else %}
    {{ cell.name }},
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
    payload_sha256 not in (select documents.payload_sha256 from documents) as is_leftover
from named
