package ledger

func (w *txWriter) wrapUp(u WrapUp) error {
	w.touched = append(w.touched, u.Call)
	err := w.later(`UPDATE calls SET disposition = coalesce(nullif(?, ''), disposition),
		request = coalesce(nullif(?, ''), request), operator = coalesce(nullif(?, ''), operator),
		wrapup = coalesce(?, wrapup) WHERE id = ?`,
		nil, u.Disposition, u.Request, u.Operator, length(u.Took), u.Call)
	if err != nil || u.Disposition == "" {
		return err
	}
	return w.later(sqlEvent, nil, u.Call, u.At.UnixMilli(), "disposition", u.By+":"+u.Disposition)
}
