package prompts

// Keys of texts that operators hear, in the line's first language. A book need not have them, there are built-in ones in the
// languages of the starter book. In another language there may be no clip: tones are heard instead, one for what was
// done, two for what was not.
const (
	KeyOperatorPress      = "operator-press-one"    // press 1 to take the call: on a telephone elsewhere
	KeyOperatorCallback   = "operator-callback"     // you call back somebody who asked for it; we dial
	KeyOperatorNotReached = "operator-not-reached"  // nobody answers; we shall try again
	KeyOperatorPIN        = "operator-pin"          // type your PIN and #
	KeyOperatorWrongPIN   = "operator-wrong-pin"    // that is not it
	KeyOperatorLocked     = "operator-locked"       // too many wrong ones: try again in a quarter of an hour
	KeyOperatorReason     = "operator-pause-reason" // type the reason, a digit from 1 to 9
	KeyOperatorOutcome    = "operator-disposition"  // type what came of the call, a digit from 1 to 6
	KeyOperatorExt        = "operator-extension"    // type the colleague's short number and #
	KeyOperatorLoggedIn   = "operator-logged-in"    // you are logged in
	KeyOperatorLoggedOut  = "operator-logged-out"   // you are logged out
	KeyOperatorPaused     = "operator-paused"       // you are paused
	KeyOperatorReady      = "operator-ready"        // you are ready
	KeyOperatorWrapUp     = "operator-wrap-up"      // you wrap up a call
	KeyOperatorTalking    = "operator-talking"      // you have a call
	KeyOperatorOffline    = "operator-offline"      // you are not logged in
	KeyOperatorDisposed   = "operator-disposed"     // what came of the call is written down
	KeyOperatorNoCall     = "operator-no-call"      // there is no call of yours, or of the colleague's
	KeyOperatorRefused    = "operator-refused"      // that can not be done now
	KeyOperatorUnknown    = "operator-unknown"      // there is no such code, or nobody with that number
	KeyOperatorForbidden  = "operator-supervisors"  // only supervisors may
	KeyCallbackIntro      = "callback-intro"        // to the citizen: this is the line, you asked to be called back
)

// OperatorKeys are the texts that operators hear, and the one of those who are called back.
func OperatorKeys() []string {
	return []string{
		KeyOperatorPress, KeyOperatorCallback, KeyOperatorNotReached, KeyOperatorPIN, KeyOperatorWrongPIN, KeyOperatorLocked,
		KeyOperatorReason, KeyOperatorOutcome, KeyOperatorExt, KeyOperatorLoggedIn, KeyOperatorLoggedOut, KeyOperatorPaused,
		KeyOperatorReady, KeyOperatorWrapUp, KeyOperatorTalking, KeyOperatorOffline, KeyOperatorDisposed, KeyOperatorNoCall,
		KeyOperatorRefused, KeyOperatorUnknown, KeyOperatorForbidden, KeyCallbackIntro,
	}
}
