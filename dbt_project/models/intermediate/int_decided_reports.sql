-- Grain: one row per report, every cell as it was decided: as reported unless it was corrected.
with corrected as (select * from {{ ref('int_corrected_reports') }}),

uncorrected as (
    select * from {{ ref('stg_reports') }}
    where not is_leftover and report_key not in (select corrected.report_key from corrected)
)

{% for side in ["uncorrected", "corrected"] %}
select
    report_key,
    authority_key,
    report_year,
    region_code,
    {%- for table in form_data().codes.table_id %}
    {{ table }}__form_version,
    {%- endfor %}
    {%- for cell in form_data().cells %}
    {{ cell.name }}{% if not loop.last %},{% endif %}
    {%- endfor %}
from {{ side }}
{{ "union all" if not loop.last }}
{%- endfor %}
