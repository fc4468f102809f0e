package prompts

// Keys of texts that the program itself speaks. The checker requires each where it can be needed.
const (
	KeyGoodbye          = "goodbye"
	KeySorry            = "technical-problem" // something of ours broke
	KeyInvalid          = "invalid-choice"    // a key that the menu does not have
	KeyRescueOffer      = "rescue-offer"      // press 1 to be connected
	KeyRescueConnecting = "rescue-connecting" // we are connecting you
	KeyRescueFailed     = "rescue-failed"     // nobody could be reached there
	KeyMessageThanks    = "message-thanks"    // after a message
	KeyFailOpenAdvice   = "fail-open-advice"  // not a rescue service, dial 112: said by Asterisk itself
	KeyFailOpenWait     = "fail-open-wait"    // we ring the operators
	KeyFailOpenMessage  = "fail-open-message" // leave a message after the tone
)
