package prompts

import "strings"

// Keys of texts that the program itself speaks. The checker requires each where it can be needed.
const (
	KeyGoodbye          = "goodbye"
	KeySorry            = "technical-problem"   // something of ours broke
	KeyInvalid          = "invalid-choice"      // a key that the menu does not have
	KeyRescueOffer      = "rescue-offer"        // press 1 to be connected
	KeyRescueConnecting = "rescue-connecting"   // we are connecting you
	KeyRescueFailed     = "rescue-failed"       // nobody could be reached there
	KeyMessageThanks    = "message-thanks"      // after a message
	KeyAskRead          = "ask-read-back"       // you typed
	KeyAskConfirm       = "ask-confirm"         // to confirm press 1, to type it again press 2
	KeyAskInvalid       = "ask-invalid"         // too few or too many digits
	KeyCallbackNumber   = "callback-number"     // we call you back at
	KeyCallbackConfirm  = "callback-confirm"    // to confirm press 1, for another number press 2
	KeyCallbackType     = "callback-type"       // type the number
	KeyCallbackRefused  = "callback-refused"    // it can not be called
	KeyCallbackBooked   = "callback-booked"     // we call you when your turn has come
	KeyCallbackLater    = "callback-later"      // we call you in the service's hours
	KeyCallbackAlready  = "callback-already"    // one is booked for this number
	KeyCallbackFailed   = "callback-failed"     // none can be booked now
	KeyQueueTurn        = "queue-turn"          // your turn has come: to who is elsewhere in the menu
	KeyRequestCode      = "request-code"        // the code of your request is
	KeyRequestAgain     = "request-code-again"  // once more
	KeyRequestOffer     = "request-code-offer"  // to hear the code again press 1
	KeyRequestUnknown   = "request-unknown"     // no request has that code
	KeyRequestDown      = "request-unavailable" // nothing can be looked up now
	KeyFailOpenAdvice   = "fail-open-advice"    // not a rescue service, dial 112: said by Asterisk itself
	KeyFailOpenWait     = "fail-open-wait"      // we ring the operators
	KeyFailOpenMessage  = "fail-open-message"   // leave a message after the tone
)

// What a caller is told of a request: how it stands, and when it came in or was closed. The last two lead to a date, in
// whole words: "It came in on".
const (
	KeyRequestOpen     = "request-open"
	KeyRequestWorking  = "request-in-progress"
	KeyRequestClosed   = "request-closed"
	KeyRequestOpenedOn = "request-opened-on"
	KeyRequestClosedOn = "request-closed-on"
)

// KeyAlert among the texts of a node is the message of the alert that is raised and concerns the caller; while there is
// none, nothing is said. It is in no book: see Alert.
const KeyAlert = "alert"

// DigitKey is the key of the clip that says one digit. It is in every release of a book that reads digits back.
func DigitKey(digit byte) string { return "digit/" + string(rune(digit)) }

// IsDigitKey says whether a clip is one digit. What is said so must not be written down.
func IsDigitKey(key string) bool { return strings.HasPrefix(key, "digit/") }

// NumberKey is the key of the clip that tells an office's number.
func NumberKey(office string) string { return "number/" + office }
