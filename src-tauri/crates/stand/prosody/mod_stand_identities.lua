-- Test only. Tells by service discovery which components there are (the address is the name).
for kind, address in pairs(module:get_option("stand_components", {})) do
	module:add_identity("component", kind, address);
end
