import type { ApiError, FieldProblem } from '../../../api/problem'
import { Failure } from '../../../shell/ErrorScreen'

interface Props {
  failure: ApiError
  problems: Pick<FieldProblem, 'pointer' | 'message'>[]
}

/** Why a text was refused: the server's sentence, and each problem that stands at no input. */
export function Refused({ failure, problems }: Props) {
  return (
    <>
      <Failure error={failure} />
      {problems.map(({ pointer, message }) => (
        <p key={pointer + message} className="problem">
          {message}
        </p>
      ))}
    </>
  )
}
