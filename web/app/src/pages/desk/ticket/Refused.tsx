import type { ApiError } from '../../../api/problem'
import { Failure } from '../../../shell/ErrorScreen'

/** Why a text was refused: the server's sentence, and each problem. */
export function Refused({ failure }: { failure: ApiError }) {
  return (
    <>
      <Failure error={failure} />
      {failure.errors.map((problem) => (
        <p key={problem.pointer + problem.code} className="problem">
          {problem.message}
        </p>
      ))}
    </>
  )
}
