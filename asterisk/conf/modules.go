package conf

// modules is the allow-list, found by leaving out until something the line needs was missing.
var modules = []string{
	// Tables that the SIP stack is configured from; astdb keeps registrations over a restart.
	"res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb",
	// SIP.
	"res_pjproject", "res_pjsip", "res_pjsip_session", "res_pjsip_sdp_rtp", "res_pjsip_authenticator_digest",
	"res_pjsip_endpoint_identifier_ip", "res_pjsip_endpoint_identifier_user", "res_pjsip_registrar",
	"res_pjsip_caller_id", "res_pjsip_diversion", "res_pjsip_nat", "res_pjsip_rfc3326", "res_pjsip_dlg_options",
	"res_pjsip_empty_info", "res_pjsip_dtmf_info", "res_pjsip_header_funcs", "res_pjsip_logger", "res_pjsip_pubsub", "chan_pjsip",
	// Media.
	"res_rtp_asterisk", "res_timing_timerfd", "codec_alaw", "codec_ulaw", "codec_a_mu", "codec_g722", "codec_resample",
	"format_pcm", "format_sln", "format_wav", "res_musiconhold", "chan_bridge_media",
	"bridge_simple", "bridge_softmix", "bridge_native_rtp", "bridge_holding",
	// ARI.
	"res_http_websocket", "res_websocket_client", "res_stasis", "res_stasis_answer", "res_stasis_playback",
	"res_stasis_recording", "res_stasis_snoop", "res_stasis_device_state", "app_stasis", "res_ari", "res_ari_model",
	"res_ari_applications", "res_ari_asterisk", "res_ari_bridges", "res_ari_channels", "res_ari_device_states",
	"res_ari_endpoints", "res_ari_events", "res_ari_playbacks", "res_ari_recordings", "res_ari_sounds",
	// The dialplan.
	"pbx_config", "app_dial", "app_exec", "app_playback", "app_record", "app_stack", "app_verbose",
	"func_callerid", "func_cdr", "func_channel", "func_devstate", "func_env", "func_logic", "func_strings", "func_timeout",
	// Records.
	"res_cdrel_custom", "cdr_custom", "res_security_log",
}
