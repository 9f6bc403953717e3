import classes from './blocks.module.css'
import { currencyOf, type Field, type FieldValue, type FieldValues, type LineValues, type Problems } from './field'
import { FormField } from './form-field'
import { FormLines } from './form-lines'

interface FormFieldsProps {
  fields: readonly Field[]
  values: FieldValues
  problems: Problems
  onChange: (name: string, value: FieldValue) => void
}

/** The inputs of a form, each with its error. */
export function FormFields({ fields, values, problems, onChange }: FormFieldsProps) {
  return (
    <div className={classes['form-grid']}>
      {fields.map((field) => (
        <div
          key={field.name}
          className={field.isWide || ['longText', 'json', 'choices', 'lines'].includes(field.kind) ? classes.wide : undefined}
        >
          {field.kind === 'lines' ? (
            <FormLines
              field={field}
              lines={(values[field.name] ?? []) as readonly LineValues[]}
              currency={currencyOf(field, values)}
              problems={problems}
              onChange={(lines) => onChange(field.name, lines)}
            />
          ) : (
            <FormField
              field={{ ...field, currency: currencyOf(field, values) }}
              value={values[field.name] ?? ''}
              problem={problems[field.name]}
              onChange={(value) => onChange(field.name, value)}
            />
          )}
        </div>
      ))}
    </div>
  )
}
