-- Test only. The component through which a moderator ends the meeting for everybody.
local muc = module:get_option_string("muc_component");

module:hook("message/host", function (event)
	if not event.stanza:get_child("end_conference") then return true; end
	for room in prosody.hosts[muc].modules.muc.each_room(true) do
		local occupant = room:get_occupant_by_real_jid(event.stanza.attr.from);
		if occupant and occupant.role == "moderator" then
			room:destroy(nil, "The meeting has been terminated");
			return true;
		end
	end
	return true;
end);
