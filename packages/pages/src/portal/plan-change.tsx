import { NativeSelect, Text } from '@mantine/core'
import { useState } from 'react'
import { ChangePlan, ChangePreview, type ChangePreviewQuery, type PlanCardFragment } from '../generated/portal'
import ConfirmDialog from '../ui/confirm-dialog'
import { useAction, useLoaded } from '../ui/graphql'
import { LoadedContent } from '../ui/loaded-content'
import { useLocale } from '../ui/locale'
import { navigate } from '../ui/router'
import { usePortal } from './customer'
import { Facts } from './facts'
import { useTexts } from './use-texts'

type When = 'NOW' | 'PERIOD_END'

/** The preview of a change of plan, and the button that makes it. */
export default function PlanChange({ plan, onClose }: { plan: PlanCardFragment; onClose: () => void }) {
  const texts = useTexts()
  const { customer, toPath } = usePortal()
  const [chosen, setChosen] = useState<When>()
  const { organisationId } = customer
  const preview = useLoaded(ChangePreview, { organisationId, planId: plan.id, when: chosen ?? null })
  const change = useAction(ChangePlan)
  const shown = preview.data?.changePlanPreview
  const when = chosen ?? shown?.when
  const confirm = async () => {
    const input = { organisationId, planId: plan.id, when: when ?? null, idempotencyKey: `${change.key}-${when}` }
    const result = await change.run({ input })
    if (!result) return
    const { order } = result.changePlan
    // A change that must be paid first has a pending order.
    navigate(order?.status === 'PENDING' ? toPath(`orders/${order.id}`) : toPath(''))
  }
  return (
    <ConfirmDialog
      title={texts.planChange(plan.name)}
      confirm={texts.confirmChange}
      isRunning={change.isRunning}
      isDisabled={!shown}
      error={change.error}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <NativeSelect
        label={texts.when}
        value={when ?? 'NOW'}
        data={(['NOW', 'PERIOD_END'] as const).map((value) => ({ value, label: texts.times[value] }))}
        onChange={({ currentTarget }) => setChosen(currentTarget.value as When)}
      />
      <LoadedContent loaded={preview}>{(data) => <Preview data={data} />}</LoadedContent>
    </ConfirmDialog>
  )
}

function Preview({ data: { changePlanPreview: preview } }: { data: ChangePreviewQuery }) {
  const texts = useTexts()
  const { money, date } = useLocale()
  if (!preview) return null
  const { credit, charge, fromBalance, creditLeft } = preview
  return (
    <>
      <Facts
        facts={[
          { label: texts.effectiveOn, value: date(preview.effectiveAt) },
          charge.minorUnits === 0 ? null : { label: texts.newCharge, value: money(charge) },
          credit.minorUnits === 0 ? null : { label: texts.unusedCredit, value: money(credit) },
          fromBalance.minorUnits === 0 ? null : { label: texts.fromBalance, value: `− ${money(fromBalance)}` },
          { label: texts.dueNow, value: money(preview.dueNow), isTotal: true },
          creditLeft.minorUnits === 0 ? null : { label: texts.creditLeft, value: money(creditLeft) },
          { label: texts.nextRenewalOn(date(preview.nextRenewalAt)), value: money(preview.nextRenewal) },
        ]}
      />
      {preview.isEstimate && (
        <Text size="sm" c="dimmed">
          {texts.estimate}
        </Text>
      )}
    </>
  )
}
