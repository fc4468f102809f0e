package asterisk

import (
	"context"
	"fmt"
	"net/http"
)

// ReloadDialplan makes the switch read its extensions.conf again. Calls that are up stay up: those in the application do not
// notice, those in the fail-open branch go on at the next step of the new one.
func (s *Switch) ReloadDialplan(ctx context.Context) error {
	err := s.rest.do(ctx, request{verb: "reload", method: http.MethodPut, path: path("asterisk", "modules", "pbx_config.so")})
	if err != nil {
		return fmt.Errorf("reload the dialplan: %w", err)
	}
	return nil
}
